include $(sort $(wildcard $(BR2_EXTERNAL_LEAT_PATH)/package/*/*.mk))
